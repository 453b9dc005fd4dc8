declare module '*.css';

// What scripts/build.mjs puts in their place: the packages that are in the bundle, and the file with their licences.
declare const PACKAGES: readonly { name: string; version: string; license: string }[];
declare const LICENCES: string;
