CREATE TABLE "logout_notices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"client_id" text NOT NULL,
	"account_id" uuid NOT NULL,
	"sid" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"last_error" text,
	CONSTRAINT "logout_notices_session" UNIQUE("client_id","sid")
);
--> statement-breakpoint
CREATE INDEX "logout_notices_next_attempt_at" ON "logout_notices" USING btree ("next_attempt_at");
