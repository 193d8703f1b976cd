export declare function seconds(milliseconds: number): string;
export declare function stage<T>(
  name: string,
  work: (detail: (text: string) => void) => Promise<T> | T,
  options?: { stream?: NodeJS.WriteStream },
): Promise<T>;
