export interface AuditEntry {
  readonly at: string;
  readonly tenantId: string;
  readonly action: 'appointment.cancel' | 'staff.remove';
  readonly subject: string;
  readonly by: string;
}
