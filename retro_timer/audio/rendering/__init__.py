"""Speech rendering: the engine, the voices, and the processing of their samples. Nothing here plays sound."""
