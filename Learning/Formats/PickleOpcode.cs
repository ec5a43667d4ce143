namespace MMOrleans.Learning.Formats;

/// <summary>The instructions of Python's pickle protocol 2 that a dictionary of tensors consists of; no other is carried out.</summary>
internal enum PickleOpcode : byte
{
    /// <summary>Followed by the protocol's number.</summary>
    Protocol = 0x80,

    /// <summary>The one value on the stack is the result.</summary>
    Stop = (byte)'.',

    /// <summary>Where a tuple, or the items of a dictionary, begin.</summary>
    Mark = (byte)'(',

    /// <summary>A tuple of what follows the mark.</summary>
    Tuple = (byte)'t',

    /// <summary>A tuple of nothing.</summary>
    EmptyTuple = (byte)')',

    /// <summary>A tuple of the last value.</summary>
    Tuple1 = 0x85,

    /// <summary>A tuple of the last two.</summary>
    Tuple2 = 0x86,

    /// <summary>A tuple of the last three.</summary>
    Tuple3 = 0x87,

    /// <summary>A dictionary of nothing.</summary>
    EmptyDictionary = (byte)'}',

    /// <summary>Puts a key and its value into the dictionary before them.</summary>
    SetItem = (byte)'s',

    /// <summary>Puts the keys and values after the mark into the dictionary before it.</summary>
    SetItems = (byte)'u',

    /// <summary>Four bytes of length, then UTF-8.</summary>
    Text = (byte)'X',

    /// <summary>Four bytes, signed.</summary>
    Int32 = (byte)'J',

    /// <summary>One byte.</summary>
    UInt8 = (byte)'K',

    /// <summary>Two bytes, unsigned.</summary>
    UInt16 = (byte)'M',

    /// <summary>A byte of length, then as many of a signed number.</summary>
    Long = 0x8a,

    /// <summary>True.</summary>
    True = 0x88,

    /// <summary>False.</summary>
    False = 0x89,

    /// <summary>None.</summary>
    None = (byte)'N',

    /// <summary>Two lines: a module and a name in it.</summary>
    Global = (byte)'c',

    /// <summary>Calls a name with a tuple of arguments.</summary>
    Reduce = (byte)'R',

    /// <summary>Sets attributes of the value before them.</summary>
    Build = (byte)'b',

    /// <summary>Makes a storage of a tuple that describes it.</summary>
    PersistentId = (byte)'Q',

    /// <summary>Remembers the last value under a byte.</summary>
    Put = (byte)'q',

    /// <summary>Remembers the last value under four bytes.</summary>
    LongPut = (byte)'r',

    /// <summary>Recalls the value under a byte.</summary>
    Get = (byte)'h',

    /// <summary>Recalls the value under four bytes.</summary>
    LongGet = (byte)'j',
}
