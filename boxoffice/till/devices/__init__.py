"""Receipt printer and cash drawer, each a port with a real and a null one."""
