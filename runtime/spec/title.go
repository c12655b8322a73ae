package spec

import "fmt"

// Title gives the name of a replica as people see it: "tally" if it is the
// only one, "tally.2" for the second of several.
func Title(instance string, replica, replicas int) string {
	if replicas <= 1 {
		return instance
	}
	return fmt.Sprintf("%s.%d", instance, replica+1)
}
