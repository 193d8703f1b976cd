/**
 * The shapes of the built-in kinds that controllers, the node and the mesh work with: the fields that they read and
 * write, named as in the Kubernetes API reference. Unknown fields of a stored object stay in it untouched.
 */

export * from './types/cluster.ts';
export * from './types/meta.ts';
export * from './types/pods.ts';
export * from './types/services.ts';
export * from './types/workloads.ts';
