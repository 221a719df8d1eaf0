"""Opening the data sets that people bring: folders and files of kinds that are recognized, held to caps."""
