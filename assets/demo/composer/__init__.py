"""A small composer: six styles, four pieces each, written as scores and rendered to PCM."""
