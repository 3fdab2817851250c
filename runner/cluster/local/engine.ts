export const hasEngine = false;
export const engineFingerprint = async (): Promise<string> => 'none';
export const engineSettings = (): readonly string[] => [];
export const installEngine = async (_dir: string): Promise<void> => {};
