/* What a process takes of its host, by the names that Prometheus' own client libraries give it: memory and open files. */
#pragma once

/* Sets the metrics process_*, but for the start; what /proc does not tell stays as it was. */
void process_measure(void);
