/**
 * Who answered, seen from the recipients of the tracked mail: the values of Task.Replier__c. `Internal` is our own
 * side (an address or domain of a connected mailbox) and halts nothing.
 */
export type Replier = 'Recipient' | 'Copied Recipient' | 'Same Domain' | 'Someone Else' | 'Internal';
