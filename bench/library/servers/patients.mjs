/** What every contender's route answers. */
export const PATIENTS = [
  { id: 'p-1', name: 'Ana Souza', bornOn: '1984-03-12' },
  { id: 'p-2', name: 'Bruno Lima', bornOn: '1990-11-02' },
];
