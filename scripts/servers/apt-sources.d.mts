type Archive = { uri: string; keyring: string | undefined };

export function findDebianArchive(): { uri: string; keyring: string } | null;
export function archiveInStanzas(text: string): Archive | null;
export function archiveInLines(text: string): Archive | null;
