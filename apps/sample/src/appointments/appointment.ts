export interface Appointment {
  readonly id: string;
  readonly patientId: string;
  readonly at: string;
  readonly status: 'booked' | 'cancelled';
}
