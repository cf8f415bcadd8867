import { expect, test } from 'vitest';
import { archiveInLines, archiveInStanzas } from './apt-sources.mjs';

test('the archive is read from lines, not from comments, security updates or third parties', () => {
  const text = [
    '# deb http://old.example/debian bookworm main',
    'deb https://packages.example/apt tools main',
    'deb http://mirror.example/debian-security bookworm-security main',
    'deb [arch=amd64 signed-by=/usr/share/keyrings/own.gpg] https://mirror.example/debian/ bookworm main',
  ].join('\n');
  expect(archiveInLines(text)).toEqual({
    uri: 'https://mirror.example/debian',
    keyring: '/usr/share/keyrings/own.gpg',
  });
  expect(archiveInLines('deb http://mirror.example/debian bookworm main\n')).toEqual({
    uri: 'http://mirror.example/debian',
    keyring: undefined,
  });
  expect(archiveInLines('deb https://packages.example/apt tools main\n')).toBeNull();
});

test('the archive is read from stanzas, not from disabled ones', () => {
  const stanza = (uri: string, more = '') => `Types: deb\nURIs: ${uri}\nSuites: bookworm\n${more}`;
  const text = [
    stanza('https://off.example/debian', 'Enabled: no\n'),
    stanza('http://mirror.example/debian-security'),
    stanza('http://mirror.example/debian', 'Signed-By: /usr/share/keyrings/own.gpg\n'),
  ].join('\n');
  expect(archiveInStanzas(text)).toEqual({
    uri: 'http://mirror.example/debian',
    keyring: '/usr/share/keyrings/own.gpg',
  });
  expect(archiveInStanzas(stanza('https://packages.example/apt'))).toBeNull();
});
