namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>The memory of a vector was overwritten before the message with it was sent. The sender has given the call up, or asks again.</summary>
[GenerateSerializer, Alias("mm.VectorRewrittenException")]
public sealed class VectorRewrittenException()
    : OrleansException("A vector was written anew before a message with it was sent; it is asked for again.");
