"""Running the helpdesk on one machine: the processes, the port, the box. Knows no database; `up` brings that."""
