"""The server of Backscope: pages, rooms, and the worker processes that train."""
