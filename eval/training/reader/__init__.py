"""The training of the trained reader: its data, network, export and calibration."""
