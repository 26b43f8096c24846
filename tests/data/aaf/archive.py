"""Packs files the same way each time: fixed owners, modes, dates and order."""

import calendar
import gzip
import os
import shutil
import tarfile
import zipfile

EXTENSIONS = {"tgz": ".tgz", "tar.gz": ".tar.gz", "zip": ".zip", "folder": ""}
BLOCK = 1 << 20


def ordered(files, categories, order):
    """`files` are (category, part, name): by category and part, by name, or the wrong way round."""
    if order == "alphabetical":
        return sorted(name for _, _, name in files)
    names = [name for _, _, name in sorted(files, key=lambda one: (categories.index(one[0]), one[1]))]
    return names[::-1] if order == "reversed" else names


def pack(options, folder, names, path):
    """Makes `path` of the files in `folder`, by its final name only once it is whole."""
    inside = f"{options.inside}/" if options.inside else ""
    if options.container == "folder":
        target = os.path.join(path, options.inside)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(target)
        for name in names:
            shutil.move(os.path.join(folder, name), os.path.join(target, name))
        return
    begun = path + ".part"
    pack_zip(options, folder, names, inside, begun) if options.container == "zip" else pack_tar(
        options, folder, names, inside, begun)
    os.replace(begun, path)


def pack_tar(options, folder, names, inside, path):
    # 05:00 UTC on the day of the export
    when = calendar.timegm(options.export_date.timetuple()) + 5 * 3600
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", options.level, raw, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name in names:
                source = os.path.join(folder, name)
                member = tarfile.TarInfo(inside + name)
                member.size, member.mtime, member.mode = os.path.getsize(source), when, 0o644
                member.uname = member.gname = "aaf"
                with open(source, "rb") as file:
                    tar.addfile(member, file)
                os.unlink(source)


def pack_zip(options, folder, names, inside, path):
    day = options.export_date
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=options.level) as archive:
        for name in names:
            member = zipfile.ZipInfo(inside + name, (day.year, day.month, day.day, 5, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr, member.create_system = 0o100644 << 16, 3
            source = os.path.join(folder, name)
            with open(source, "rb") as file, archive.open(member, "w") as into:
                shutil.copyfileobj(file, into, BLOCK)
            os.unlink(source)
