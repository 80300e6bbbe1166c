cwflow
cwflow -s gone
