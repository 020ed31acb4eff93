"""The page of a running session, on which a phone, tablet or television shows, speaks and steers the session.

Its server is a separate process, which talks to the session through the session's socket. The session itself loads no
web server; it only starts that process, and restarts it if necessary (`supervisor`).
"""
