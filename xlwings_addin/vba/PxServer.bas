Option Explicit
' The way from a cell to Python. A cell never waits twice for a Python that cannot be reached.

Private unreachable As Boolean

Public Sub PxRetry()
    unreachable = False
End Sub

Public Function PxCall(ByVal title As String, ByVal given As Variant) As Variant
    Dim server As Object
    If unreachable Then
        PxCall = CVErr(xlErrName)
        Exit Function
    End If
    On Error GoTo away
    Set server = XLPy
    On Error GoTo failed
    PxCall = PxShown(server.CallUDF("xlwings_addin.functions", title, given, ThisWorkbook, Application.Caller))
    Exit Function
away:
    unreachable = True
    PxCall = CVErr(xlErrName)
    Exit Function
failed:
    PxCall = CVErr(xlErrValue)
End Function

' Python says a wrong argument as text.
Private Function PxShown(ByVal result As Variant) As Variant
    Dim line As Long
    Dim column As Long
    If IsArray(result) Then
        For line = LBound(result, 1) To UBound(result, 1)
            For column = LBound(result, 2) To UBound(result, 2)
                If PxIsWrong(result(line, column)) Then result(line, column) = CVErr(xlErrValue)
            Next column
        Next line
        PxShown = result
    ElseIf PxIsWrong(result) Then
        PxShown = CVErr(xlErrValue)
    Else
        PxShown = result
    End If
End Function

Private Function PxIsWrong(ByVal result As Variant) As Boolean
    If VarType(result) = vbString Then PxIsWrong = (result = "#VALUE!")
End Function

' The scheme of the workbook in which the formula stands.
Public Function PxScheme() As String
    If TypeName(Application.Caller) = "Range" Then
        PxScheme = PxConstant(Application.Caller.Worksheet.Parent, "PX_SCHEME")
    Else
        PxScheme = PxName("PX_SCHEME")
    End If
End Function
