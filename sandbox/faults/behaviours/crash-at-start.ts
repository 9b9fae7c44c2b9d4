// A release whose build lacks one of its files.
throw new Error("Cannot find module './dist/feature-flags.json' imported from main.ts")
