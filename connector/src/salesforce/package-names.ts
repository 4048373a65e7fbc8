/** The permission set for the user of the connector. */
export const CONNECTOR_PERMISSION_SET = 'ReplyTrackingConnector';

/** Every flow of the package; what each does stands in force-app/README.md. */
export const PACKAGE_FLOWS = [
  'CampaignStatus_AfterSave_HaltAccount',
  'CampaignStatus_BeforeSave_StampHalt',
  'CampaignStatus_Scheduled_ResumePaused',
  'CampaignStatus_Sub_Resume',
  'EmailMessage_AfterSave_TrackOutbound',
  'Lead_AfterSave_FollowConversion',
  'Task_AfterSave_ApplyReply',
  'Task_AfterSave_NotifyOwner',
  'Task_BeforeSave_LinkOpportunity',
  'Task_Screen_NotAReply',
  'Task_Sub_DismissReply',
] as const;
