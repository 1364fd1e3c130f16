Option Explicit
' The ribbon's callbacks. What a button does is Python: see xlwings_addin/ribbon.py.

Private ui As IRibbonUI
Private events As PxEvents

Public Sub PxOnLoad(ribbon As IRibbonUI)
    Set ui = ribbon
    PxStart
End Sub

Public Sub PxStart()
    If events Is Nothing Then Set events = New PxEvents
    Set events.Host = Application
End Sub

' The ribbon object is lost when VBA stops on an error: nothing to ask again then.
Public Sub PxInvalidate()
    If Not ui Is Nothing Then ui.Invalidate
End Sub

Public Sub PxAction(control As IRibbonControl)
    PxRun control.ID
End Sub

Public Sub PxToggle(control As IRibbonControl, pressed As Boolean)
    PxRun control.ID
End Sub

Public Sub PxLabel(control As IRibbonControl, ByRef returnedVal)
    returnedVal = PxText(control.ID & ".label")
End Sub

Public Sub PxTip(control As IRibbonControl, ByRef returnedVal)
    returnedVal = PxText(control.ID & ".tip")
End Sub

Public Sub PxEnabled(control As IRibbonControl, ByRef returnedVal)
    returnedVal = PxAllowed(control.ID)
End Sub

Public Sub PxPressed(control As IRibbonControl, ByRef returnedVal)
    returnedVal = (PxName("PX_ON") = "TRUE")
End Sub

' A form with macros shows no second tab where the add-in has one.
Public Sub PxVisible(control As IRibbonControl, ByRef returnedVal)
    Dim own As Workbook
    Dim other As Object
    Set own = ThisWorkbook
    returnedVal = True
    If own.IsAddin Then Exit Sub
    For Each other In Application.AddIns2
        If LCase$(other.Name) = "perfxl.xlam" Then
            If other.IsOpen Then returnedVal = False
        End If
    Next other
End Sub

Public Sub PxRun(ByVal id As String)
    If ActiveWorkbook Is Nothing Then
        MsgBox PxText("message.no_book"), vbInformation, PxText("perfxl.label")
        Exit Sub
    End If
    On Error GoTo failed
    PxRetry
    RunPython "import xlwings_addin.ribbon; xlwings_addin.ribbon.run('" & id & "')"
    PxInvalidate
    Exit Sub
failed:
    MsgBox PxText("message.failed") & vbNewLine & Err.Description, vbExclamation, PxText("perfxl.label")
End Sub

Public Function PxAllowed(ByVal id As String) As Boolean
    If ActiveWorkbook Is Nothing Then Exit Function
    Select Case PxText(id & ".needs")
        Case "results"
            PxAllowed = PxHasSheet(PxText("message.results"))
        Case "locked"
            PxAllowed = ActiveWorkbook.ProtectStructure
        Case "open"
            PxAllowed = PxName("PX_SCHEME") <> "" And Not ActiveWorkbook.ProtectStructure
        Case "switch"
            PxAllowed = PxName("PX_ON") <> "" And Not ActiveWorkbook.ProtectStructure
        Case Else
            PxAllowed = True
    End Select
End Function

Private Function PxHasSheet(ByVal title As String) As Boolean
    Dim sheet As Object
    For Each sheet In ActiveWorkbook.Sheets
        If sheet.Name = title Then PxHasSheet = True
    Next sheet
End Function

' The constant that a name of the active workbook stands for, empty where it has none.
Public Function PxName(ByVal title As String) As String
    If ActiveWorkbook Is Nothing Then Exit Function
    PxName = PxConstant(ActiveWorkbook, title)
End Function

Public Function PxConstant(ByVal book As Workbook, ByVal title As String) As String
    Dim found As Object
    For Each found In book.Names
        If found.Name = title Then PxConstant = Replace(Mid$(found.RefersTo, 2), """", "")
    Next found
End Function
