"""LibreOffice Calc, as whoever double-clicks a spreadsheet of ours meets it.

    rows = cells(tmp_path, sheet)  # of bytes; what Calc shows in each cell, as text
"""

import csv
import subprocess

# Semicolons, quotes, UTF-8, from the first line: what its dialog offers by itself for such a file, and the command line does not.
READ = "CSV:59,34,76,1"
# Commas, quotes, UTF-8; cells as they are shown.
WRITTEN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"


def cells(folder, sheet):
    (folder / "sheet.csv").write_bytes(sheet)
    subprocess.run(["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
                    f"--infilter={READ}", "--convert-to", WRITTEN, "--outdir", folder / "shown", folder / "sheet.csv"],
                   capture_output=True, timeout=120, check=True)
    with open(folder / "shown" / "sheet.csv", encoding="utf-8-sig", newline="") as shown:
        return list(csv.reader(shown, strict=True))
