"""Star's commands by kind.

Sources: "Line" is Star Micronics' "STAR Line Mode Command Specifications" (Line Thermal Printer, rev 1.12; Line
Thermal/Dot Printer, rev 0.00), "Graphic" the "STAR Graphic Mode Specifications" (rev 2.31), "StarPRNT" the "StarPRNT
Command Specifications", each followed by the command as it is called there.
"""
