/* The JSON Schema of Workflowfiles, share/cwflow/workflowfile.schema.json, as a string. */
#ifndef CW_CLI_SCHEMA_TEXT_H
#define CW_CLI_SCHEMA_TEXT_H

extern const char schema_text[];

#endif
