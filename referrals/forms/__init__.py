"""Forms of the sender, the garage and the pilot: what people type, turned into what the verbs take."""
