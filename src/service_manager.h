/*
 * service_manager.h — telling whatever started the server how it is: systemd's protocol, sd_notify(3).
 *
 * A datagram of lines NAME=VALUE to the socket that the environment's NOTIFY_SOCKET names, a path or, behind '@', an
 * abstract name. Without that variable nobody wants to know, and nothing is told. Main thread only.
 */
#ifndef CARREL_SERVICE_MANAGER_H
#define CARREL_SERVICE_MANAGER_H

#include <stdint.h>

/* It listens, and the library is open (or the page that says why not). `status` is for people, one line. */
void service_manager_ready(const char *status);

/*
 * It opens a library again, a restored one: that may have to be brought forward, and takes as long as it takes. Until
 * service_manager_ready() nobody has to hear that it is well.
 */
void service_manager_opening(void);

/* It ends: what is under way is finished first. */
void service_manager_stopping(void);

/* It is well. To be said every service_manager_watch_ms(), or the manager ends it and starts it anew. */
void service_manager_alive(void);

/*
 * A quarter of the time the manager waits for that, ms: once or twice every connection may be taken, and nothing is
 * wrong. 0: it does not watch this process.
 */
int64_t service_manager_watch_ms(void);

#endif
