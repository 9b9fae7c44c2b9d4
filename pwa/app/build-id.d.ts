/** The id of the build, inserted by esbuild. */
declare const BUILD_ID: string
