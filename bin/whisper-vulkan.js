#!/usr/bin/env node
require("./whisper-vulkan");
