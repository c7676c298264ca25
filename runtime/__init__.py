"""From a SourceSet to a running extension: tools, cache, build, import, buffers."""
