export declare function findBrowser(env?: NodeJS.ProcessEnv): Promise<string | undefined>;
export declare function installBrowser(root: string): Promise<void>;
export declare function browserVersion(file: string): string;
