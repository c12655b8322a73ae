package conformance

import "testing"

// TestConformance runs all cases, and then compares what came of them with
// docs/conformance.md.
func TestConformance(t *testing.T) {
	t.Run("patterns", patterns)
	t.Run("transports", transports)
	t.Run("codecs", codecs)
	t.Run("sizes", sizes)
	t.Run("topics", topics)
	t.Run("frames", badFrames)
	t.Run("peers", badPeers)
	t.Run("table", func(t *testing.T) {
		compareWithDocs(t, []*table{patternTable, transportTable, codecTable, sizeTable, topicTable, frameTable, badTable})
	})
}
