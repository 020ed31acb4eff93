"""The page of a running session: a phone, tablet or television shows it, speaks it and steers it.

Its server is a process of its own, which talks to the session through the session's socket. The session loads no web
server; it only starts that process and starts it again (`supervisor`).
"""
