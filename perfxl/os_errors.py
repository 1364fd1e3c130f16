"""What the operating system refused, in the words of a user."""

from __future__ import annotations

import errno

_REASONS = {
    errno.EACCES: ("没有权限", "no permission"),
    errno.EPERM: ("没有权限", "no permission"),
    errno.EROFS: ("这个位置只能读", "the place is read-only"),
    errno.ENOSPC: ("磁盘已满", "the disk is full"),
    errno.ENOENT: ("文件或文件夹不存在", "file or folder does not exist"),
    errno.EISDIR: ("是文件夹，不是文件", "it is a folder"),
    errno.ENOTDIR: ("路径中有一段不是文件夹", "part of the path is no folder"),
    errno.EEXIST: ("已有同名的文件", "a file of that name is there"),
    errno.ENAMETOOLONG: ("文件名过长", "the name is too long"),
}


def reason(error: OSError) -> str:
    """Why, in Chinese."""
    return _REASONS.get(error.errno or 0, ("读写时出错", ""))[0]


def english_reason(error: OSError) -> str:
    """Why, in English."""
    return _REASONS.get(error.errno or 0, ("", "reading or writing failed"))[1]
