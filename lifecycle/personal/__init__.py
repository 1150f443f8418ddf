"""Personal data of people from outside: where it stands, handing it out, erasing it (Art. 25 and 32 DSG)."""
