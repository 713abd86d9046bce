import { describe, expect, it } from '@jest/globals';
import { addDependency } from './add-dependency.js';

describe('addDependency', () => {
  it('adds it in order, in the indentation of the file', () => {
    const text = '{\n\t"name": "clinic",\n\t"dependencies": {\n\t\t"rxjs": "^7.0.0"\n\t}\n}\n';
    expect(addDependency(text, 'nestjs-cls', '^7.0.0')).toBe(
      '{\n\t"name": "clinic",\n\t"dependencies": {\n\t\t"nestjs-cls": "^7.0.0",\n\t\t"rxjs": "^7.0.0"\n\t}\n}\n',
    );
  });

  it.each(['dependencies', 'devDependencies', 'peerDependencies'])(
    'leaves one of %s alone, whatever its range',
    (section) => {
      const text = JSON.stringify({ [section]: { 'nestjs-cls': '^6.0.0' } });
      expect(addDependency(text, 'nestjs-cls', '^7.0.0')).toBe(text);
    },
  );

  it.each(['', '[]', '{'])('knows that %j is no manifest', (text) => {
    expect(addDependency(text, 'nestjs-cls', '^7.0.0')).toBeUndefined();
  });
});
