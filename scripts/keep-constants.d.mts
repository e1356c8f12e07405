export function keepConstants(code: string): string;
