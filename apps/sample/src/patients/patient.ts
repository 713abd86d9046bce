export interface Patient {
  readonly id: string;
  readonly name: string;
  readonly born: string;
}

export type NewPatient = Omit<Patient, 'id'>;
