/** Names the build; esbuild puts it in. */
declare const BUILD_ID: string
