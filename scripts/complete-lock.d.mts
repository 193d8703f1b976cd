export declare function missingEntries(lock: {
  packages: Record<string, { version?: string; dev?: boolean; optionalDependencies?: Record<string, string> }>;
}): Record<string, object>;
