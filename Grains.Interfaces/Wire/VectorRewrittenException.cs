namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>A vector was written anew before a message with it was sent. Whoever sent it has given its call up, or asks again.</summary>
[GenerateSerializer, Alias("mm.VectorRewrittenException")]
public sealed class VectorRewrittenException()
    : OrleansException("A vector was written anew before a message with it was sent; it is asked for again.");
