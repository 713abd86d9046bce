/** The first rows of a clinic. */
export interface Seed {
  readonly tenantId: string;
  readonly patients: readonly { id: string; name: string; born: string }[];
  readonly appointments: readonly { id: string; patientId: string; at: string }[];
  readonly staff: readonly { id: string; name: string }[];
}

export const SEEDS: readonly Seed[] = [
  {
    tenantId: 'clinica-norte',
    patients: [
      { id: 'ana-ruiz', name: 'Ana Ruiz', born: '1984-02-29' },
      { id: 'bruno-diaz', name: 'Bruno Díaz', born: '1971-11-03' },
      { id: 'carla-nunez', name: 'Carla Núñez', born: '2015-06-18' },
    ],
    appointments: [
      { id: 'norte-1', patientId: 'ana-ruiz', at: '2026-03-02T09:00:00Z' },
      { id: 'norte-2', patientId: 'bruno-diaz', at: '2026-03-02T09:30:00Z' },
    ],
    staff: [
      { id: 'rosa-marin', name: 'Rosa Marín' },
      { id: 'diego-salas', name: 'Diego Salas' },
      { id: 'teo-lozano', name: 'Teo Lozano' },
      { id: 'ines-mora', name: 'Inés Mora' },
    ],
  },
  {
    tenantId: 'clinica-sur',
    patients: [
      { id: 'dario-vega', name: 'Darío Vega', born: '1990-09-09' },
      { id: 'elsa-prieto', name: 'Elsa Prieto', born: '1958-01-25' },
    ],
    appointments: [{ id: 'sur-1', patientId: 'dario-vega', at: '2026-03-02T10:00:00Z' }],
    staff: [{ id: 'olga-rey', name: 'Olga Rey' }],
  },
];
