"""How printers on a network are asked who they are: DNS-SD, Epson's ENPC, Star's own. Bytes alone; totally read."""
