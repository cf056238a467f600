//! The service from outside: requests, a browser, and many clients at once.
