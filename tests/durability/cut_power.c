/*
 * cut_power.c — shuts a mounted ext4 down at once, as a power cut does: nothing in memory reaches the disk any
 * more, not even the file system's own log. (Mounting it again replays what of the log is on the disk.)
 *
 *     cut_power DIRECTORY      any directory of that file system; needs root
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Linux, fs/ext4/ext4.h: not in the headers that programs see. */
#define SHUTDOWN _IOR('X', 125, uint32_t)
#define WITHOUT_FLUSHING_THE_LOG 2

int main(int argument_count, char **arguments)
{
    uint32_t how = WITHOUT_FLUSHING_THE_LOG;

    if (argument_count != 2) {
        fprintf(stderr, "usage: cut_power DIRECTORY\n");
        return 2;
    }
    int directory = open(arguments[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || ioctl(directory, SHUTDOWN, &how) != 0) {
        fprintf(stderr, "cut_power: %s: %s\n", arguments[1], strerror(errno));
        return 1;
    }
    close(directory);
    return 0;
}
