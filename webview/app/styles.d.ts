/** Style sheets are joined by the bundler; importing one has no value. */
declare module '*.css';
